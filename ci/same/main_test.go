package main

import "testing"

func TestSameAndNot(t *testing.T) {
	one := cell{
		ID: "refused", Gateway: "nginx", Setting: "stock", Verdict: "fail", Observed: "403 by between",
		Reason: "1203 ms",
	}
	one.Checks = append(one.Checks, struct {
		Name string `json:"name"`
		OK   bool   `json:"ok"`
		Of   string `json:"of"`
	}{"status", false, "GET /"})
	for name, c := range map[string]struct {
		change func(*cell)
		differ int
	}{
		"the same":          {func(*cell) {}, 0},
		"a renamed word":    {func(c *cell) { c.Observed = "403 by intermediary" }, 0},
		"another time":      {func(c *cell) { c.Reason = "7 ms" }, 0},
		"one more request":  {func(c *cell) { c.Checks = append(c.Checks, c.Checks...) }, 0},
		"another verdict":   {func(c *cell) { c.Verdict = "pass" }, 1},
		"a check that held": {func(c *cell) { c.Checks = nil }, 1},
		"another reason":    {func(c *cell) { c.Reason = "none" }, 1},
	} {
		other := one
		c.change(&other)
		both, differ := compare(map[string]cell{"x": one}, map[string]cell{"x": other},
			words{"by between", "by intermediary"})
		if both != 1 || differ != c.differ {
			t.Errorf("%s: got %d of %d that differ, want %d", name, differ, both, c.differ)
		}
	}
}
