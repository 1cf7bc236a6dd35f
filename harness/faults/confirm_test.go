package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sites"

	_ "github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/gateway"

	_ "github.com/gatequake/gatequake/harness/gateway/builtin"
	"github.com/gatequake/gatequake/harness/world"
)

func TestMain(m *testing.M) {
	if world.Inside() {
		world.Serve(func(ctx context.Context, w *world.World, raw json.RawMessage) (any, error) {
			id := ""
			if err := json.Unmarshal(raw, &id); err != nil {
				return nil, err
			}
			return play(ctx, w, id)
		})
	}
	// Worlds wait for timeouts, not for processors. An argument on the command line wins.
	_ = flag.Set("test.parallel", "8")
	os.Exit(m.Run())
}

// rightWorld are the faults that are in the gateway's configuration alone: what confirms them is true of the
// world with and without them.
var rightWorld = []string{
	"empty-pool", "https-to-plain-silent", "plain-to-https", "wrong-address", "wrong-host",
	"wrong-port",
}

// A confirmation that a healthy world passes confirms nothing: each must accept its fault, and must not any more
// when the fault is undone.
func TestConfirmationsCanFail(t *testing.T) {
	for _, f := range catalog.Faults() {
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			lacks := ""
			if err := world.Run(t.Context(), world.Options{}, f.ID, &lacks); err != nil {
				t.Fatal(err)
			}
			if lacks != "" {
				if mode, _ := world.Detect(); mode == world.Root {
					t.Fatalf("got %q in a world that lacks nothing", lacks)
				}
				t.Skip("unsupported: " + lacks)
			}
		})
	}
}

// play injects the fault and undoes it in a world of its own. It returns why the world cannot be broken so, if
// it cannot.
func play(ctx context.Context, w *world.World, id string) (lacks string, err error) {
	e, err := catalog.Find(id)
	if err != nil {
		return "", err
	}
	for _, n := range e.Needs() {
		if lacks := w.Lacks(n); lacks != "" {
			return lacks, nil
		}
	}
	d, err := gateway.Load(fixtures.Gateways(), "builtin")
	if err != nil {
		return "", err
	}
	b, err := sites.New(w, site.Setup{
		Definition: d, Setting: "document", Protocol: e.Protocol,
		Prepare: e.Fault.Prepare,
	})
	if err != nil {
		return "", err
	}
	defer b.Close()
	if err := b.Steady(ctx, site.RouteBystander, e.Fault.Route); err != nil {
		return "", err
	}
	i, err := e.Fault.Break(ctx, b)
	if errors.Is(err, errors.ErrUnsupported) {
		return err.Error(), nil
	}
	if err != nil {
		return "", err
	}
	return "", tried(ctx, id, i)
}

// tried confirms the injection, undoes it twice and confirms that it is gone.
func tried(ctx context.Context, id string, i *catalog.Injection) error {
	if i.Rearm != nil {
		if err := i.Rearm(ctx); err != nil {
			return errors.Join(err, i.Undo(ctx))
		}
	}
	if _, err := i.Confirm(ctx); err != nil {
		return errors.Join(err, i.Undo(ctx))
	}
	for range 2 {
		if err := i.Undo(ctx); err != nil {
			return fmt.Errorf("undo: %w", err)
		}
	}
	if slices.Contains(rightWorld, id) {
		return nil
	}
	// An upstream that is healthy again may still be slower, on a loaded machine, than a confirmation of silence
	// waits; it is not so for long.
	for deadline := time.Now().Add(mended); ; {
		evidence, err := i.Confirm(ctx)
		if err != nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("confirm after the undo: got %q, want an error: nothing is broken any more", evidence)
		}
	}
}

// mended bounds the wait for a world to be seen as mended.
const mended = 10 * time.Second
