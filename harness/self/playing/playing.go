// Package playing tells whether this process is to play a role (see package self). It imports nothing but os, so that
// it can be asked before almost anything else is initialised.
package playing

import "os"

// Environ names the environment variable with the role that a process was started for.
const Environ = "GATEQUAKE_ROLE"

// Role reports whether this process was started to play a role that has not begun yet.
func Role() bool { return os.Getenv(Environ) != "" }
