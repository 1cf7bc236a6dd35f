// Package remedies holds what people are told to do when they see an error page. One file is one remedy, and
// registers itself; importing the package for its side effect makes all of them known.
package remedies
