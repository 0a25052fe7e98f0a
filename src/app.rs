//! Root state, routing, subscriptions; `session` is one visitor, from touch to wipe.
