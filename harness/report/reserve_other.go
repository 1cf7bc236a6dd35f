//go:build !linux

package report

import "os"

// reserve holds nothing: only Linux has one call for all file systems.
func reserve(*os.File, int64) error { return nil }
