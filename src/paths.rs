//! Where things lie: `--data` > `$STATE_DIRECTORY` > the user's directories.
