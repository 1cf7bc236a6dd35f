package spec_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/gatequake/gatequake/harness/world"
)

func TestOwnGateway(t *testing.T) {
	if mode, err := world.Detect(); err != nil || mode == world.Portable {
		t.Skipf("unsupported: no namespaces here (%v)", err)
	}
	for _, c := range []struct {
		spec, environment string
		state             types.SpecState
		want              []string
	}{
		{"passes$", "", types.SpecStatePassed, nil},
		{"passes$", "GATEQUAKE_PORTABLE=1", types.SpecStateSkipped, []string{"unsupported: "}},
		{
			"fails$", "", types.SpecStateFailed,
			[]string{
				"it got 200 by upstream", "own_test.go:",
				"in the suite's folder: go test -ginkgo.focus='^Misbehaving An own gateway fails$'",
			},
		},
		{
			"needs what it has not$", "", types.SpecStateSkipped,
			[]string{"unsupported: inject unix-socket-missing: the upstream is not behind a Unix socket"},
		},
		{
			"has no such setting$", "", types.SpecStateFailed,
			[]string{`mine has no "root/none"; there are: [root/shop api/api]`},
		},
		{"is not there$", "", types.SpecStateFailed, []string{"none.yaml: no such file"}},
		{"is not read", "", types.SpecStateFailed, []string{"none.yaml: no such file"}},
		{"holds nothing listens at the upstream's address$", "", types.SpecStatePassed, nil},
		{"holds GET or POST shop.test:8080/admin$", "", types.SpecStatePassed, nil},
		{
			"holds GET or POST shop.test:8080/open$", "", types.SpecStateFailed,
			[]string{
				"200 by upstream", "403 by gateway",
				"To reproduce: go test -ginkgo.focus='^Misbehaving An own gateway holds ",
			},
		},
	} {
		t.Run(c.spec+c.environment, func(t *testing.T) {
			g := NewWithT(t)
			spec := only(t, "An own gateway "+c.spec, c.environment).one(t)
			g.Expect(spec.State).To(Equal(c.state), spec.Failure.Message)
			for _, want := range c.want {
				g.Expect(spec.Failure.Message).To(ContainSubstring(want))
			}
		})
	}
}
