package world

// Launch says how Start starts a process. The zero value starts it in the world's network, in a session of its own.
type Launch struct {
	// Host is the host inside the world that it runs on; nil is the world itself.
	Host *Host
	// Terminal leaves it in the session, and so at the terminal, of the world's first process: for a shell.
	Terminal bool
	// Before, if not nil, runs on the thread that starts the process, which then ends: what it does to the thread, the
	// process inherits. Sealed worlds only.
	Before func() error
}
