//! CMS/CAdES build and verify, certificate chains, three-valued verdicts.
