//! The PIV applet (NIST SP 800-73-4): certificates, PIN, signature key 9C.
