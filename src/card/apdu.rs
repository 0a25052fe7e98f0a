//! Commands and responses of ISO/IEC 7816-4, chaining and GET RESPONSE included.
