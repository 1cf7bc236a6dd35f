package verdict

import "fmt"

// Class is what kind of red a fail of a gateway of the user's own is. The zero value is that of a fail of a known
// gateway, and of what is no fail.
type Class string

// The classes.
const (
	// ToFix: it is for the configuration's owner to mend.
	ToFix Class = "fix"
	// Limit: this version of the gateway does so in every setting that Gatequake has of it; Deviation says why.
	Limit Class = "limit"
	// OtherCode: the gateway said in time that its upstream is broken, by another code than the policy's.
	OtherCode Class = "policy"
	// OwnPage: the status is the one that the upstream gave, and the page is the gateway's own.
	OwnPage Class = "page"
)

// Classes lists the classes, the one first that comes first to whoever reads a report.
func Classes() []Class { return []Class{ToFix, Limit, OtherCode, OwnPage} }

// Fix is a change of a configuration.
type Fix struct {
	// Directive is the word by which it is found in the configuration.
	Directive string `json:"directive"`
	// Says tells in a sentence what is wrong without it, and Link where its vendor documents it.
	Says string `json:"says"`
	Link string `json:"link"`
	// Place is where it goes, in words, and Snippet what to put there.
	Place   string `json:"place"`
	Snippet string `json:"snippet"`
	// Found are the lines of the configuration that have the directive already.
	Found []Line `json:"found,omitempty"`
}

// Said is a line of the gateway's log by which the gateway itself, and not its upstream, is why a client got what it
// got.
type Said struct {
	Line string `json:"line"`
	// Means says in a clause what the line means, Directive which setting decides it, and Link where that is documented.
	Means     string `json:"means"`
	Directive string `json:"directive,omitempty"`
	Link      string `json:"link"`
}

// Line is a line of a configuration.
type Line struct {
	// File is its path from the folder that Gatequake was called in, if it stands there or below, with slashes; else the
	// whole path. Number is that of the line, from 1 on, and Text what stands there, without the spaces around it.
	File   string `json:"file"`
	Number int    `json:"line"`
	Text   string `json:"text"`
}

// String is the line as compilers name it: "nginx.conf:12: proxy_read_timeout 60s;".
func (l Line) String() string { return fmt.Sprintf("%s:%d: %s", l.File, l.Number, l.Text) }
