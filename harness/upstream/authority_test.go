package upstream_test

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/gatequake/gatequake/harness/upstream"
)

// matchAs succeeds when errors.As finds the type of target in the actual error.
func matchAs(target any) types.GomegaMatcher {
	return WithTransform(func(err error) bool { return errors.As(err, target) }, BeTrue())
}

func TestPEMIsWhatVerifiesALeaf(t *testing.T) {
	g := NewWithT(t)
	authority, err := upstream.NewAuthority()
	g.Expect(err).NotTo(HaveOccurred())
	pool := x509.NewCertPool()
	g.Expect(pool.AppendCertsFromPEM(authority.PEM())).To(BeTrue())
	leaf := issue(t, authority, upstream.Leaf{Names: []string{"a.example", "b.example"}}).Leaf
	for _, name := range leaf.DNSNames {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name})
		g.Expect(err).NotTo(HaveOccurred())
	}
}

func TestValidityIsFilledIn(t *testing.T) {
	g := NewWithT(t)
	authority, err := upstream.NewAuthority()
	g.Expect(err).NotTo(HaveOccurred())
	now := time.Now()
	for name, c := range map[string]struct {
		leaf     upstream.Leaf
		from, to time.Time
	}{
		"not given": {upstream.Leaf{}, now.Add(-time.Hour), now.Add(24 * time.Hour)},
		"expired": {
			upstream.Leaf{NotAfter: now.Add(-48 * time.Hour)},
			now.Add(-49 * time.Hour),
			now.Add(-48 * time.Hour),
		},
		"not yet valid": {
			upstream.Leaf{NotBefore: now.Add(48 * time.Hour)},
			now.Add(48 * time.Hour),
			now.Add(72 * time.Hour),
		},
	} {
		leaf := issue(t, authority, c.leaf).Leaf
		g.Expect(leaf.NotBefore).To(BeTemporally("~", c.from, time.Minute), name)
		g.Expect(leaf.NotAfter).To(BeTemporally("~", c.to, time.Minute), name)
	}
}
