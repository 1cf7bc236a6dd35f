package gateway

import (
	"errors"
	"testing"
)

func TestReloadIsOneOfTwoWays(t *testing.T) {
	for _, c := range []struct {
		r    Reload
		good bool
	}{
		{Reload{}, true},
		{Reload{Signal: "HUP"}, true},
		{Reload{Watches: true}, true},
		{Reload{Watches: true, Signal: "HUP"}, false},
		{Reload{Start: []string{"x"}, Successor: []string{"x", "{{.PID}}"}}, true},
		{Reload{Signal: "HANGUP"}, false},
		{Reload{Signal: "SIGHUP"}, false},
		{Reload{Signal: "HUP", Successor: []string{"x"}}, false},
		{Reload{Start: []string{"x"}}, false},
	} {
		if err := c.r.validate(); (err == nil) != c.good {
			t.Errorf("%+v: got %v, want good %t", c.r, err, c.good)
		}
	}
}

func TestNoWayToReloadIsUnsupported(t *testing.T) {
	d := &Definition{Name: "stubborn", Command: []string{"true"}, Settings: map[string]Setting{"document": {}}}
	if _, err := d.StartToReload("document", Vars{Dir: t.TempDir()}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want one that is unsupported", err)
	}
}
