package firewall

import (
	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// sieve lets a rule with a Loss see only that share of the packets: a counter of its own runs from 0 to 99 over and over, and Loss of its numbers, as evenly
// spread as they can be, are in a set.
func (r Rule) sieve(conn *nftables.Conn) ([]expr.Any, error) {
	if r.Loss == 0 {
		return nil, nil
	}
	set := &nftables.Set{Table: table, Anonymous: true, Constant: true, KeyType: nftables.TypeInteger, KeyByteOrder: binaryutil.NativeEndian}
	lost := make([]nftables.SetElement, r.Loss)
	for i := range lost {
		lost[i].Key = binaryutil.NativeEndian.PutUint32(uint32(i * percent / r.Loss))
	}
	if err := conn.AddSet(set, lost); err != nil {
		return nil, err
	}
	return []expr.Any{
		&expr.Numgen{Register: register, Modulus: percent, Type: unix.NFT_NG_INCREMENTAL},
		&expr.Lookup{SourceRegister: register, SetName: set.Name, SetID: set.ID},
	}, nil
}
