package diagnose

// Bin is the diagnoses whose first guess had a likeness from From on, up to the next bin's, and how many of them were
// right.
type Bin struct {
	From         float64
	Tried, Right int
}

// edges are where the bins begin. Most guesses are near one end.
var edges = []float64{0, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9, 0.97}

// calibration is how often a first guess of that likeness was right, for each of edges: with a line of the log, and
// without. TestBlind compares it with what the matrix says today, and prints what to write here.
var calibration = map[bool][]float64{
	false: {0.15, 0.23, 0.34, 0.48, 0.70, 0.72, 0.95, 0.95, 0.99},
	true:  {0.30, 0.30, 0.33, 0.45, 0.51, 0.95, 0.97, 0.98, 0.98},
}

// calibrate turns the likeness of the first guess into how often such a guess is right, and shares the rest out as it
// was.
func calibrate(all []Guess, log bool) {
	likeness := all[0].Share
	right := calibration[log][bin(likeness)]
	for i := range all {
		switch {
		case i == 0:
			all[i].Share = right
		case likeness < 1:
			all[i].Share *= (1 - right) / (1 - likeness)
		}
	}
}

// bin is the number of the bin that a likeness falls into.
func bin(likeness float64) int {
	for i := len(edges) - 1; i > 0; i-- {
		if likeness >= edges[i] {
			return i
		}
	}
	return 0
}

// bins are one for each of edges.
func bins() []Bin {
	all := make([]Bin, len(edges))
	for i := range all {
		all[i].From = edges[i]
	}
	return all
}
