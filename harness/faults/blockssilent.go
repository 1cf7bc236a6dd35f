package faults

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// RefusalWithoutStatus refuses without a word.
var RefusalWithoutStatus = catalog.RegisterBlock(catalog.Block{
	ID:      "refusal-without-status",
	Title:   "a client that the gateway is told to drop (control: it gets no status at all)",
	Control: &record.Expectation{By: record.ByNobody},
	What: "A gateway can be told to close, reset or hold a connection instead of answering (nginx return 444, " +
		"HAProxy silent-drop). Whoever is refused so sees a broken or silent connection, and cannot tell a block " +
		"from an outage: it is no 403, and no 502 either. How it ends is the gateway's own affair.",
	Refused: []site.Ask{{As: "as the dropped robot", Agent: site.Spammer}},
	LetIn:   []site.Ask{{As: "as a browser"}},
})
