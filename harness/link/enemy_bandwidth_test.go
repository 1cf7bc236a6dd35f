package link

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
	. "github.com/onsi/gomega"
	"github.com/rs/zerolog"
)

func TestEnemyBandwidthZeroHangs(t *testing.T) {
	p := raw(t, serve(t, echo))
	poison(t, p, `{"type":"bandwidth","attributes":{"rate":0}}`)
	c := dial(t, p.Listen)
	send(t, c, "hello")
	NewWithT(t).Expect(silent(c)).To(BeTrue())
}

func TestEnemyBandwidthNegativePanics(t *testing.T) {
	in, out := make(chan *stream.StreamChunk, 1), make(chan *stream.StreamChunk, 1)
	in <- &stream.StreamChunk{Data: []byte("hello")}
	pipe := func() { (&toxics.BandwidthToxic{Rate: -1}).Pipe(toxics.NewToxicStub(in, out)) }
	NewWithT(t).Expect(pipe).To(Panic()) // in a goroutine of its own in a proxy, where it ends the process
}

func TestEnemyBandwidthLogsThroughTheGlobalLogger(t *testing.T) {
	const level = "GATEQUAKE_ENEMY_LEVEL"
	if text := os.Getenv(level); text != "" { // in the child
		child, err := zerolog.ParseLevel(text)
		if err != nil {
			t.Fatal(err)
		}
		zerolog.SetGlobalLevel(child)
		stub := toxics.NewToxicStub(make(chan *stream.StreamChunk), make(chan *stream.StreamChunk))
		go stub.Run(&toxics.ToxicWrapper{Toxic: &toxics.BandwidthToxic{Rate: 1}, Toxicity: 1})
		stub.InterruptToxic()
		return
	}
	// The global logger writes to the stderr of its process, and other tests' toxics still use it in this one.
	stderr := func(text string) string {
		var out bytes.Buffer
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env, cmd.Stderr = append(os.Environ(), level+"="+text), &out
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	g := NewWithT(t)
	g.Expect(stderr("trace")).To(ContainSubstring("BandwidthToxic was interrupted"))
	g.Expect(stderr("disabled")).To(BeEmpty())
}
