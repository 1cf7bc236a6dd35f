package site

import (
	"context"
	"fmt"

	"github.com/gatequake/gatequake/harness/gateway"
)

// CaFile holds the authority's certificate, in the world's folder.
const CaFile = "upstream-ca.pem"

// Watch makes p the process of the bench's gateway, which ends with the bench.
func (b *Bench) Watch(p *gateway.Process) {
	b.Gateway = p
	b.AtClose(p.Stop)
}

// Reload gives the gateway another configuration while it serves, which a Setup must have said. It returns when the
// gateway has been told; how long it takes to obey can be seen from outside only.
func (b *Bench) Reload(change func(*gateway.Vars)) error {
	v := b.Vars
	change(&v)
	p, err := b.Definition.Renew(b.Gateway, b.Setting, v)
	if err != nil {
		return err
	}
	if p != b.Gateway {
		b.Watch(p)
	}
	return nil
}

// Reconfigure restarts the gateway with its configuration changed, as a deployment of a wrong one would, and waits
// until the gateway answers something on the bystander's route. The undo restores the right configuration in the same
// way.
func (b *Bench) Reconfigure(
	ctx context.Context,
	change func(*gateway.Vars),
) (undo func(context.Context) error, err error) {
	at, err := As[Deployer](b, "the fault takes another configuration, and your own is not touched")
	if err != nil {
		return nil, err
	}
	wrong := b.Vars
	change(&wrong)
	if err := at.Deploy(ctx, wrong); err != nil {
		return nil, fmt.Errorf("deploy wrong configuration: %w", err)
	}
	done := false
	return func(ctx context.Context) error {
		if done {
			return nil
		}
		if err := at.Deploy(ctx, b.Vars); err != nil {
			return fmt.Errorf("deploy right configuration: %w", err)
		}
		done = true
		return nil
	}, nil
}
