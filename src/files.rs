//! USB sticks and picked files: size caps, no symlinks, type by content.
