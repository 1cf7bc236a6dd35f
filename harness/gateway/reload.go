package gateway

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Reload is how a gateway takes on another configuration while it serves: by itself, by a signal, or by a successor.
// The zero value is a gateway that has no way.
type Reload struct {
	// Signal is what its process takes for the order, such as HUP.
	Signal string `yaml:"signal"`
	// Watches is true for one that looks at its files by itself.
	Watches bool `yaml:"watches"`
	// Successor starts another process, which takes the place of the one with .PID and sends it away; it is the
	// .Epoch-th to do so. Each argument is a template over Vars.
	Successor []string `yaml:"successor"`
	// Start starts the gateway in place of its command where it is going to be reloaded. Optional.
	Start []string `yaml:"start"`
	// Loses tells why clients are lost meanwhile, of one that is known to lose some.
	Loses string `yaml:"loses"`
	// Sealed is true where process and successor meet at something that the whole machine shares, so that it
	// takes a world that is a machine of its own.
	Sealed bool `yaml:"sealed"`
}

func (r Reload) validate() error {
	switch {
	case r.Signal != "" && unix.SignalNum("SIG"+r.Signal) == 0:
		return fmt.Errorf("signal: got %q, want the name of one, such as HUP", r.Signal)
	case r.ways() > 1:
		return errors.New("got more than one of signal, watches and successor, want one of them")
	case r.Start != nil && r.ways() == 0:
		return errors.New("got a start alone, want a signal, watches or a successor, too")
	}
	return nil
}

func (r Reload) ways() (n int) {
	for _, there := range []bool{r.Signal != "", r.Watches, len(r.Successor) > 0} {
		if there {
			n++
		}
	}
	return n
}

// StartToReload starts the gateway as Start does, ready to be reloaded. The error wraps errors.ErrUnsupported
// for a gateway that has no way.
func (d *Definition) StartToReload(setting string, v Vars) (*Process, error) {
	if d.Reload.ways() == 0 {
		return nil, fmt.Errorf("reload %s: its gateway.yaml tells of no way: %w", d.Name, errors.ErrUnsupported)
	}
	command := d.Command
	if len(d.Reload.Start) > 0 {
		command = d.Reload.Start
	}
	return d.startBy(command, setting, v)
}

// Renew lets the running gateway p, which StartToReload has started, take on the setting's templates as v fills
// them in. It returns as soon as that is asked for: the gateway takes its time. What it returns is the process
// to watch from then on, p or a successor; the caller calls Stop on both.
func (d *Definition) Renew(p *Process, setting string, v Vars) (*Process, error) {
	if len(d.Reload.Successor) > 0 {
		v.PID, v.Epoch = p.cmd.Process.Pid, p.epoch+1
		next, err := d.startBy(d.Reload.Successor, setting, v)
		if err != nil {
			return nil, err
		}
		next.epoch = v.Epoch
		return next, nil
	}
	if err := d.write(setting, v); err != nil {
		return nil, fmt.Errorf("reload %s: %w", d.Name, err)
	}
	if d.Reload.Watches {
		return p, nil
	}
	if err := p.cmd.Process.Signal(unix.SignalNum("SIG" + d.Reload.Signal)); err != nil {
		return nil, fmt.Errorf("reload %s: %w", d.Name, err)
	}
	return p, nil
}
