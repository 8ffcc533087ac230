package source_test

import (
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

func TestMain(m *testing.M) {
	source.SetRecognition(all.Formats().Recognition())
	m.Run()
}
