//go:build osv

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/osv-scanner/v2/pkg/models"
	"github.com/google/osv-scanner/v2/pkg/osvscanner"
)

// TestFormat: osv-scanner reads what figment writes with --format osv-scanner,
// as a lock file and as its own result. The file is the golden of that format.
func TestFormat(t *testing.T) {
	file, err := filepath.Abs("../../report/testdata/osv-scanner.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var written models.VulnerabilityResults
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	flat := written.Flatten() // panics where a record is in no group
	if len(flat) == 0 {
		t.Error("no advisory in the golden")
	}
	found, err := osvscanner.DoScan(osvscanner.ScannerActions{
		LockfilePaths:  []string{"osv-scanner:" + file},
		CompareOffline: true,
		ExperimentalScannerActions: osvscanner.ExperimentalScannerActions{
			HTTPClient: &http.Client{Transport: &transport{refuse: true}}, TransitiveScanning: osvscanner.TransitiveScanningActions{Disabled: true},
			PluginsDisabled: []string{"vulnmatch/osvlocal", "vulnmatch/osvdev"},
		},
		PluginNetworkDisabled: true,
		ShowAllPackages:       true,
	})
	if err != nil {
		t.Fatal(err)
	}
	list := func(r *models.VulnerabilityResults) []string {
		var out []string
		for _, s := range r.Results {
			for _, p := range s.Packages {
				out = append(out, p.Package.Ecosystem+" "+p.Package.Name+" "+p.Package.Version)
			}
		}
		slices.Sort(out)
		return out
	}
	if diff := cmp.Diff(list(&written), list(&found)); diff != "" {
		t.Errorf("(-written +read back):\n%s", diff)
	}
	if len(list(&written)) < 4 {
		t.Errorf("only %d packages", len(list(&written)))
	}
}
