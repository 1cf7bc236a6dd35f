package home_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/home"
)

// Each sighting has one thing wrong, and the claim catches each.
func TestBroken(t *testing.T) {
	g := NewWithT(t)
	never, served, another := &home.Fault{Sees: home.NoStatus}, &home.Fault{Sees: home.Served, Reaches: true},
		&home.Fault{Sees: home.Another}
	asked := home.Heard{Asked: true, Sent: []int{200}}
	for _, c := range []struct {
		fault *home.Fault
		home.Sighting
		want string
	}{
		{never, home.Sighting{Elsewhere: 200}, ""},
		{served, home.Sighting{Elsewhere: 200, Status: 200, BySite: true, Heard: asked}, ""},
		{another, home.Sighting{Elsewhere: 200, Status: 502}, ""},
		// The 400 was sent on a connection in which nobody asked.
		{another, home.Sighting{Elsewhere: 200, Status: 502, Heard: home.Heard{Sent: []int{400}}}, ""},
		{
			never,
			home.Sighting{Elsewhere: 200, Heard: home.Heard{Sent: []int{502}}},
			"says that its upstream is at fault",
		},
		{never, home.Sighting{Elsewhere: 502}, "a client elsewhere got 502"},
		{
			never,
			home.Sighting{Elsewhere: 200, Heard: home.Heard{Asked: true}},
			"the request came to the site: got true",
		},
		{served, home.Sighting{Elsewhere: 200, Status: 200, BySite: true}, "the request came to the site: got false"},
		{never, home.Sighting{Elsewhere: 200, Status: 408, BySite: true}, "the client got 408"},
		{served, home.Sighting{Elsewhere: 200, Status: 200, Heard: asked}, "want the site's own 200"},
		{another, home.Sighting{Elsewhere: 200, Status: 502, BySite: true}, "that the site did not send"},
	} {
		broken := c.fault.Broken(c.Sighting)
		if c.want == "" {
			g.Expect(broken).To(BeEmpty())
		} else {
			g.Expect(broken).To(ConsistOf(ContainSubstring(c.want)))
		}
	}
}
