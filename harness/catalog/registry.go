package catalog

import (
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/gatequake/gatequake/harness/cause"
)

// registry holds faults and blocks by ID. Only init functions and package variables of the files that declare them
// write to it, and what they left for later. They may do so while others look for what is there already.
var registry = struct {
	mu     sync.RWMutex // guards the maps
	faults map[string]*Fault
	blocks map[string]*Block
	// experiments are those on what is registered, by ID; nil when they are to be listed anew.
	experiments map[string]Experiment
	later       []func()
	once        sync.Once
}{faults: map[string]*Fault{}, blocks: map[string]*Block{}}

// RegisterLater lets load register what takes time to read, when somebody first asks what there is: a process that
// only plays a gateway need not wait for it.
func RegisterLater(load func()) { registry.later = append(registry.later, load) }

// ready reads what was left for later.
func ready() {
	registry.once.Do(func() {
		for _, load := range registry.later {
			load()
		}
	})
}

// RegisterFault makes a fault known and returns it. It panics when the ID is taken, or when what every fault must
// have is missing.
func RegisterFault(f Fault) *Fault {
	claim(
		f.ID,
		f.Title != "" && f.Cause != "" && f.What != "" && f.Made != "" && f.Confirmed != "" &&
			(f.Inject != nil || f.ByLink != nil) && (f.Type != "") == (f.Control == nil),
	)
	registry.mu.Lock()
	defer registry.mu.Unlock()
	registry.faults[f.ID], registry.experiments = &f, nil
	return &f
}

// RegisterBlock makes a block known and returns it. It panics when the ID is taken, or when what every block must
// have is missing.
func RegisterBlock(b Block) *Block {
	claim(b.ID, b.Title != "" && b.What != "" && len(b.Refused) > 0 && len(b.LetIn) > 0)
	registry.mu.Lock()
	defer registry.mu.Unlock()
	registry.blocks[b.ID], registry.experiments = &b, nil
	return &b
}

func claim(id string, whole bool) {
	if !whole || id == "" {
		panic(fmt.Sprintf("harness: %q is registered without all that it must have", id))
	}
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	if strings.Contains(id, "/") || registry.faults[id] != nil || registry.blocks[id] != nil {
		panic(fmt.Sprintf("harness: the ID %q is taken, or has a slash in it", id))
	}
}

// Faults lists the registered faults: by cause in the order of Causes, real ones before controls, then by ID.
func Faults() []*Fault {
	ready()
	return faults()
}

// FaultIDs lists the IDs of the registered faults.
func FaultIDs() []string {
	ids := []string{}
	for _, f := range Faults() {
		ids = append(ids, f.ID)
	}
	return ids
}

// faultOf returns the registered fault with the ID, or nil.
func faultOf(id string) *Fault {
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	return registry.faults[id]
}

func faults() []*Fault {
	order := map[cause.Cause]int{}
	for i, c := range cause.All() {
		order[c] = i
	}
	all := []*Fault{}
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	for _, f := range registry.faults {
		all = append(all, f)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		switch {
		case a.Cause != b.Cause:
			return order[a.Cause] < order[b.Cause]
		case (a.Control == nil) != (b.Control == nil):
			return a.Control == nil
		}
		return a.ID < b.ID
	})
	return all
}

// Blocks lists the registered blocks by ID.
func Blocks() []*Block {
	ready()
	return blocks()
}

func blocks() []*Block {
	all := []*Block{}
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	for _, b := range registry.blocks {
		all = append(all, b)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}
