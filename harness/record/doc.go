// Package record has the facts of an experiment: what each client saw, when everything happened, and what the
// experiment says of the right answer by itself. Nothing in it is a conclusion; see package judge.
package record
