package firewall

import (
	"encoding/binary"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
)

// lostOfCycle are the lost ones of each cycle packets of a connection, 30 % of them. Never are two in a row lost, nor
// three that are equally far apart (but by ten): what is sent again at a steady pace gets through at the second
// try. The 4th is lost because it is the first with a request in it, and the handshake's are not.
var lostOfCycle = [...]uint64{4, 7, 9, 15, 17, 20}

const (
	cycle = 20
	// lossLasts is how many packets of a connection a Loss lasts for. An HTTP exchange has ten.
	lossLasts = 2000
)

// lossExpressions lets a rule with a Loss see only its share of each connection's packets: the kernel counts them,
// those that are lost included, from the rule's first on.
func (r Rule) lossExpressions(conn *nftables.Conn) ([]expr.Any, error) {
	if !r.Loss {
		return nil, nil
	}
	number := nftables.TypeInteger
	number.Bytes = 8
	set := &nftables.Set{Table: table, Anonymous: true, Constant: true, KeyType: number}
	var lost []nftables.SetElement
	for start := uint64(0); start < lossLasts; start += cycle {
		for _, n := range lostOfCycle {
			lost = append(lost, nftables.SetElement{Key: binary.NativeEndian.AppendUint64(nil, start+n)})
		}
	}
	if err := conn.AddSet(set, lost); err != nil {
		return nil, err
	}
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeyPKTS, Register: register},
		&expr.Lookup{SourceRegister: register, SetName: set.Name, SetID: set.ID},
	}, nil
}
