package firewall

import (
	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// scattered are the numbers of a cycle of packets in the order in which they are given up. Of the first six no three are equally far apart, also from one
// cycle to the next: evenly spread ones would fall in step with what a sender repeats.
var scattered = [percent / lossStep]uint32{0, 1, 3, 4, 9, 10, 6, 14, 16, 19, 2, 5, 7, 8, 11, 12, 13, 15, 17, 18}

// sieve lets a rule with a Loss see only that share of the packets: a counter of its own runs through the cycle over and over, and those of its numbers that
// are lost are in a set.
func (r Rule) sieve(conn *nftables.Conn) ([]expr.Any, error) {
	if r.Loss == 0 {
		return nil, nil
	}
	set := &nftables.Set{Table: table, Anonymous: true, Constant: true, KeyType: nftables.TypeInteger, KeyByteOrder: binaryutil.NativeEndian}
	lost := make([]nftables.SetElement, r.Loss/lossStep)
	for i := range lost {
		lost[i].Key = binaryutil.NativeEndian.PutUint32(scattered[i])
	}
	if err := conn.AddSet(set, lost); err != nil {
		return nil, err
	}
	return []expr.Any{
		&expr.Numgen{Register: register, Modulus: uint32(len(scattered)), Type: unix.NFT_NG_INCREMENTAL},
		&expr.Lookup{SourceRegister: register, SetName: set.Name, SetID: set.ID},
	}, nil
}
