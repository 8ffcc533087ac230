package extract

import (
	"figment/scanner/text"
	"path"
	"slices"
)

// Named matches texts by the last element of their names.
func Named(names ...string) func(*text.Fragment) bool {
	return func(f *text.Fragment) bool {
		return f.Name != "" && slices.Contains(names, path.Base(f.Name))
	}
}
