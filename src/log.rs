//! The log: an enum of events with typed fields; no free strings, no visitor data.
