package record

// PoolSample is what clients met while one of the two members of a pool was broken: as many as it took to be sure,
// one after another, each on a connection of its own.
type PoolSample struct {
	// Method is what all of them sent.
	Method string `json:"method"`
	// Requests is how many there were; Failed how many of them were not served, Delayed how many were, but only after
	// at least half of the shortest of the gateway's time limits (a second, where they are not known): it had waited
	// for the broken member first.
	Requests int `json:"requests"`
	Failed   int `json:"failed"`
	Delayed  int `json:"delayed"`
	// EjectedAfter is how many requests it took until none failed or was delayed any more; negative when that did not
	// come.
	EjectedAfter int `json:"ejected_after"`
}

// Add counts an answer, and reports whether the broken member was felt in it.
func (s *PoolSample) Add(healthy, late bool) bool {
	s.Requests++
	switch {
	case !healthy:
		s.Failed++
	case late:
		s.Delayed++
	default:
		return false
	}
	s.EjectedAfter = s.Requests
	return true
}
