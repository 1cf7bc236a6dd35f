package firewall

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/google/nftables"
	"github.com/google/nftables/userdata"
)

// table is what `nft list ruleset` shows; input and forward are where in it: what comes in to a host, and what
// passes a hop.
var (
	table   = &nftables.Table{Name: "gatequake", Family: nftables.TableFamilyINet}
	input   = chain("input", nftables.ChainHookInput)
	forward = chain("forward", nftables.ChainHookForward)
)

func chain(name string, at *nftables.ChainHook) *nftables.Chain {
	return &nftables.Chain{
		Name: name, Table: table, Type: nftables.ChainTypeFilter, Hooknum: at,
		Priority: nftables.ChainPriorityFilter,
	}
}

// Firewall is the firewall of the world that this process is in. It holds no resources: the rules end with the
// world. Its methods are safe for concurrent use.
type Firewall struct {
	mu      sync.Mutex // one transaction at a time: a listing that a change overtakes may miss a rule
	applied uint64
	chain   *nftables.Chain
	// redirects is true while connections may be redirected.
	redirects bool
	spaces    []int // the network namespaces that every rule holds in, as open descriptors; 0 is the current one
}

// New returns the firewall of the current network namespace, with no rules. It refuses to work anywhere but in
// a sealed world: lo is up, the routes make every address local. A world has one firewall: a second New there is
// an error.
//
// Machines are network namespaces of hosts in that world. Every rule holds at each of them too: what the world
// sends them does not come in to the world.
func New(machines ...*os.File) (*Firewall, error) {
	if err := sealed(); err != nil {
		return nil, fmt.Errorf("create firewall: %w", err)
	}
	f := &Firewall{chain: input, spaces: []int{0}}
	for _, m := range machines {
		f.spaces = append(f.spaces, int(m.Fd()))
	}
	return f, f.create()
}

// AtHop returns the firewall of a hop, a host of the current world that passes packets on: its rules are for what
// passes it, with no rules yet.
func AtHop(hop *os.File) (*Firewall, error) {
	if err := sealed(); err != nil {
		return nil, fmt.Errorf("create firewall: %w", err)
	}
	f := &Firewall{chain: forward, spaces: []int{int(hop.Fd())}}
	return f, f.create()
}

func (f *Firewall) create() error {
	for _, space := range f.spaces {
		if err := create(space, f.chain); err != nil {
			return fmt.Errorf("create firewall: %w", err)
		}
	}
	return nil
}

// create makes the table and its chain.
func create(space int, chain *nftables.Chain) error {
	conn, err := nftables.New(nftables.WithNetNSFd(space))
	if err != nil {
		return err
	}
	// The library's CreateTable leaves the create flag out; its AddTable is content with a table that exists,
	// and the rules of somebody else in it.
	tables, err := conn.ListTablesOfFamily(table.Family)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	if slices.ContainsFunc(tables, func(t *nftables.Table) bool { return t.Name == table.Name }) {
		return fmt.Errorf("got a table inet %s already, want one firewall a world", table.Name)
	}
	conn.AddTable(table)
	conn.AddChain(chain)
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("add table inet %s: %w", table.Name, err)
	}
	return nil
}

// Apply puts r in force before it returns; of several rules that match a packet, the newest decides. What undo
// takes back is this rule alone, also in force when it returns; it may be called again, after an error too.
func (f *Firewall) Apply(r Rule) (undo func() error, err error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("apply %v: %w", r, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.applied++
	// The number is how undo finds its rule again; nft shows it as the rule's comment.
	mark := strconv.FormatUint(f.applied, 10)
	undo = func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := f.remove(mark); err != nil {
			return fmt.Errorf("undo %v: %w", r, err)
		}
		return nil
	}
	for _, space := range f.spaces {
		if err := r.insert(space, f.chain, mark); err != nil {
			return nil, fmt.Errorf("apply %v: %w", r, errors.Join(err, f.remove(mark)))
		}
	}
	return undo, nil
}

// insert puts the rule, with the mark, before all others.
func (r Rule) insert(space int, chain *nftables.Chain, mark string) error {
	conn, err := nftables.New(nftables.WithNetNSFd(space))
	if err != nil {
		return err
	}
	sieve, err := r.lossExpressions(conn)
	if err != nil {
		return err
	}
	match := r.expressions()
	verdict := len(match) - 1
	conn.InsertRule(&nftables.Rule{
		Table:    table,
		Chain:    chain,
		Exprs:    slices.Insert(match, verdict, sieve...),
		UserData: userdata.AppendString(nil, userdata.TypeComment, mark),
	})
	return conn.Flush()
}

// remove deletes the rules with the mark, wherever they are.
func (f *Firewall) remove(mark string) error {
	var failed error
	for _, space := range f.spaces {
		failed = errors.Join(failed, remove(space, f.chain, mark))
	}
	return failed
}

// Clear takes every rule and every redirection back, whoever applied them. Their undos do nothing then.
func (f *Firewall) Clear() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, space := range f.spaces {
		conn, err := nftables.New(nftables.WithNetNSFd(space))
		if err == nil {
			conn.FlushChain(f.chain)
			err = conn.Flush()
		}
		if err != nil {
			return fmt.Errorf("clear firewall: %w", err)
		}
	}
	return f.clearRedirects()
}

func remove(space int, chain *nftables.Chain, mark string) error {
	conn, err := nftables.New(nftables.WithNetNSFd(space))
	if err != nil {
		return err
	}
	rules, err := conn.GetRules(table, chain)
	if err != nil {
		return fmt.Errorf("list rules: %w", err)
	}
	for _, rule := range rules {
		if comment, ok := userdata.GetString(rule.UserData, userdata.TypeComment); ok && comment == mark {
			if err := conn.DelRule(rule); err != nil {
				return err
			}
		}
	}
	return conn.Flush()
}
