package golang

import "figment/ecosystem/adapter"

// fixes is how go.mod and imports are edited.
func fixes() *adapter.Fix {
	return &adapter.Fix{Import: adapter.ImportByName, Lead: []string{"require"}, V: true}
}
