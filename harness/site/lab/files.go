package lab

// The files that a gateway serves below /files/: one that it may read, and one that it may not.
const (
	openFile   = "open.txt"
	lockedFile = "locked.txt"
)
