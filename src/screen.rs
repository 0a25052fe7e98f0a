//! One screen a file: State + Message + Action + new/update/view.
