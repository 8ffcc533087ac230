package npm

import "testing"

func TestTypesPackage(t *testing.T) {
	if typesPackage("@a/b") != "@types/a__b" || typesPackage("a") != "@types/a" {
		t.Error("typesPackage")
	}
}
