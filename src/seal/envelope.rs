//! Envelopes sealed to the portal (RFC 9180, base mode): header bound as info and AAD.
