package gateway

import "syscall"

// dieWithParent keeps a gateway from outliving its world's first process in portable mode, where no namespace ends it.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
