package harness

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
)

// downUnderBlock is the fault under which a block of a gateway of the user's own is tried besides a healthy upstream: one that it sees at once.
const downUnderBlock = "refused"

// OwnBlock is a block of a gateway of the user's own, with the setting that it is tried in: the probe that is most like it must get through.
type OwnBlock struct {
	Experiment
	Setting string
}

// OwnBlocks lists the experiments of the blocks: each with its upstream healthy, and with nothing listening there.
func OwnBlocks(o *gateway.Own) []OwnBlock {
	ready()
	all := []OwnBlock{}
	for _, b := range o.Blocks {
		like, most := gateway.Target{}, -1
		for _, t := range o.Targets() {
			if n := likeness(b.URL, t.Probe.URL); n > most {
				like, most = t, n
			}
		}
		if most < 0 {
			continue
		}
		block := blockOf(b)
		all = append(all, OwnBlock{Experiment{ID: b.Name, Block: block}, like.Name()})
		if like.Upstream.Socket == "" {
			all = append(all, OwnBlock{Experiment{ID: b.Name + "+" + downUnderBlock, Block: block, Fault: faultOf(downUnderBlock)}, like.Name()})
		}
	}
	return all
}

// likeness is how much two URLs have in common: the host first, then the length of the second's path if the first's begins with it.
func likeness(a, b string) int {
	first, err := url.Parse(a)
	second, err2 := url.Parse(b)
	if err != nil || err2 != nil {
		return 0
	}
	n := 0
	if first.Host == second.Host && first.Scheme == second.Scheme {
		const above = 1 << 12 // any path
		n += above
	}
	if strings.HasPrefix(first.Path, second.Path) {
		n += len(second.Path)
	}
	return n
}

func blockOf(b gateway.Block) *Block {
	p := b.Probe()
	as := strings.TrimPrefix(fmt.Sprintf("%s, from %s", b.URL, b.From), "http://")
	if b.From == "" {
		as = strings.TrimPrefix(b.URL, "http://")
	}
	block := &Block{
		ID: b.Name, Title: cmp.Or(b.Method, http.MethodGet) + " " + as, What: "A request that the gateway's own configuration refuses.",
		Refused: []Ask{{As: as, Method: cmp.Or(b.Method, http.MethodGet), own: &p}},
		LetIn:   []Ask{{As: "the probe most like it"}},
	}
	if b.Expect != refusal.Statuses[0] {
		block.Control = &Expectation{Statuses: []int{b.Expect}, By: ByGateway}
	}
	return block
}

// FindFor returns the experiment with the ID on the gateway: one of those that Find knows, or one of the gateway's own blocks.
func FindFor(d *gateway.Definition, id string) (Experiment, error) {
	if d.Own != nil {
		for _, b := range OwnBlocks(d.Own) {
			if b.ID == id {
				return b.Experiment, nil
			}
		}
	}
	return Find(id)
}
