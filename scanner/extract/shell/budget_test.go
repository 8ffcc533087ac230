//go:build linux || darwin

package shell_test

import (
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/extract/extracttest"
)

// TestBudgets compares texts that are made to be slow with a part of them.
func TestBudgets(t *testing.T) { extracttest.Growth(t, all.Formats(), hostileUnits) }
