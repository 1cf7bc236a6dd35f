package clientnet_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/clientnet"
)

// Each outcome has one thing wrong, and the claim catches each.
func TestBroken(t *testing.T) {
	g := NewWithT(t)
	never, another := &clientnet.Fault{Sees: clientnet.NoStatus}, &clientnet.Fault{Sees: clientnet.Another}
	served := &clientnet.Fault{Sees: clientnet.Served, Reaches: true}
	asked := clientnet.TapRecord{Asked: true, Sent: []int{200}}
	for _, c := range []struct {
		fault *clientnet.Fault
		clientnet.Outcome
		want string
	}{
		{never, clientnet.Outcome{OtherClient: 200}, ""},
		{served, clientnet.Outcome{OtherClient: 200, Status: 200, BySite: true, TapRecord: asked}, ""},
		{another, clientnet.Outcome{OtherClient: 200, Status: 502}, ""},
		// The 400 was sent on a connection in which nobody asked.
		{another, clientnet.Outcome{OtherClient: 200, Status: 502, TapRecord: clientnet.TapRecord{Sent: []int{400}}}, ""},
		{
			never,
			clientnet.Outcome{OtherClient: 200, TapRecord: clientnet.TapRecord{Sent: []int{502}}},
			"says that its upstream is at fault",
		},
		{never, clientnet.Outcome{OtherClient: 502}, "a client elsewhere got 502"},
		{
			never,
			clientnet.Outcome{OtherClient: 200, TapRecord: clientnet.TapRecord{Asked: true}},
			"the request came to the site: got true",
		},
		{served, clientnet.Outcome{OtherClient: 200, Status: 200, BySite: true}, "the request came to the site: got false"},
		{never, clientnet.Outcome{OtherClient: 200, Status: 408, BySite: true}, "the client got 408"},
		{served, clientnet.Outcome{OtherClient: 200, Status: 200, TapRecord: asked}, "want the site's own 200"},
		{another, clientnet.Outcome{OtherClient: 200, Status: 502, BySite: true}, "that the site did not send"},
	} {
		broken := c.fault.Broken(c.Outcome)
		if c.want == "" {
			g.Expect(broken).To(BeEmpty())
		} else {
			g.Expect(broken).To(ConsistOf(ContainSubstring(c.want)))
		}
	}
}
