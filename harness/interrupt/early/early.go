// Package early catches the signals before the other packages of a program are initialised, which takes a good part of
// the time until main. A program's package main imports it. It knows no package but those that catch signals, so that
// it is among the first.
package early

import (
	"github.com/gatequake/gatequake/harness/interrupt"
	"github.com/gatequake/gatequake/harness/self/playing"
)

func init() {
	if !playing.Role() { // A gateway or an upstream does with signals what it does.
		interrupt.Early()
	}
}
