package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gatequake/gatequake/harness/gateway"
)

// caFile holds the authority's certificate, in the world's folder.
const caFile = "upstream-ca.pem"

func (b *Bench) startGateway() error {
	ca := filepath.Join(b.World.Dir, caFile)
	if err := os.WriteFile(ca, b.Authority.PEM(), 0o644); err != nil {
		return err
	}
	if b.World.Sealed() {
		if err := b.World.Trust(b.Authority.PEM()); err != nil {
			return err
		}
	}
	cert, err := b.certify()
	if err != nil {
		return err
	}
	b.vars = gateway.Vars{
		Dir: b.World.Dir, Listen: b.Plan.Gateway, Upstream: b.Plan.Upstream, Spare: b.Plan.Spare, Third: b.Plan.Third, Bystander: b.Plan.Bystander, Named: b.Plan.Named,
		Resolver: b.Plan.Nameserver, Secure: b.Plan.Secure, SecureName: secureHost, CA: ca, Socket: b.SocketPath(),
		DeniedIP: b.Plan.Clients[Banned], DeniedCIDR: b.Plan.BannedNet, DeniedAgent: deniedAgent, DeniedPath: deniedPath,
		Listen6: b.Plan.Gateway6, DeniedIPv6: b.Plan.Clients[Banned6], DeniedVPN: b.Plan.VPN, DeniedMethod: deniedMethod, GuardedPath: guardedPath,
		DroppedAgent: droppedAgent, Files: b.files(), Member: member, Password: password, Auth: b.Plan.Auth,
		ListenTLS: b.Plan.GatewayTLS, ListenH2C: b.Plan.GatewayH2C, ServerCert: cert, HTTP2: b.Plan.HTTP2, Root: os.Geteuid() == 0 && b.World.Sealed(),
	}
	return b.launch(b.vars)
}

func (b *Bench) launch(v gateway.Vars) error {
	start := b.Definition.Start
	if b.reloads {
		if b.Definition.Reload.Sealed && !b.World.Sealed() {
			return fmt.Errorf("reload %s: what it shares with its successor is the machine's: %w", b.Definition.Name, errors.ErrUnsupported)
		}
		start = b.Definition.StartToReload
	}
	p, err := start(b.Setting, v)
	if err != nil {
		return err
	}
	b.watch(p)
	return nil
}

func (b *Bench) watch(p *gateway.Process) {
	b.Gateway = p
	b.atClose(p.Stop)
}

// Reload gives the gateway another configuration while it serves, which a Setup must have said. It returns when the gateway has been told; how long it takes to obey can be seen from
// outside only.
func (b *Bench) Reload(change func(*gateway.Vars)) error {
	v := b.vars
	change(&v)
	p, err := b.Definition.Renew(b.Gateway, b.Setting, v)
	if err != nil {
		return err
	}
	if p != b.Gateway {
		b.watch(p)
	}
	return nil
}

// Reconfigure restarts the gateway with its configuration changed, as a deployment of a wrong one would, and waits until the gateway answers something on
// the bystander's route. The undo restores the right configuration in the same way.
func (b *Bench) Reconfigure(ctx context.Context, change func(*gateway.Vars)) (undo func(context.Context) error, err error) {
	if err := b.site.reconfigurable(); err != nil {
		return nil, err
	}
	wrong := b.vars
	change(&wrong)
	if err := b.site.relaunch(ctx, wrong); err != nil {
		return nil, fmt.Errorf("deploy wrong configuration: %w", err)
	}
	done := false
	return func(ctx context.Context) error {
		if done {
			return nil
		}
		if err := b.site.relaunch(ctx, b.vars); err != nil {
			return fmt.Errorf("deploy right configuration: %w", err)
		}
		done = true
		return nil
	}, nil
}
