package verdict

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var updatePage = flag.Bool("update-weights", false, "rewrite the table of weights in docs/quality.md")

// weightsTable is the table of every weight, as docs/quality.md shows it.
func weightsTable() string {
	var b strings.Builder
	b.WriteString("| group | signal | points | basis | because |\n| --- | --- | --- | --- | --- |\n")
	for _, w := range nameWeights {
		var edits []string
		for _, e := range w.edits {
			edits = append(edits, e.String())
		}
		points := fmt.Sprintf("%d / %d / %d", w.points[0], w.points[1], w.points[2])
		if w.points[0] == w.points[1] && w.points[1] == w.points[2] {
			points = fmt.Sprint(w.points[0])
		}
		gates := ""
		if !w.gates {
			gates = "; does not count toward the gates"
		}
		fmt.Fprintf(&b, "| name | %s | %s | %s | %s%s |\n", strings.Join(edits, ", "), points, w.basis, w.why, gates)
	}
	steps := map[string]string{
		"young": "35 under 7 days, 25 under 30, 10 under 90", "few-versions": "10 for one, 5 for two or three", "little-used": "10 under 100 downloads a week, or without a rank on PyPI",
		"no-repository": "10", "empty-readme": "10", "install-script": "15, also for source distributions only", "parked": "30", "old": "−10 from one year, −20 from two", "proven": "−20",
	}
	for _, s := range signals {
		if s.Group < GroupReputation {
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", s.Group, s.Name, steps[s.Name], s.Basis, s.Why)
	}
	return b.String()
}

// TestWeightsPage: the documentation shows the weights that the program has.
func TestWeightsPage(t *testing.T) {
	const file, begin, end = "../../docs/quality.md", "<!-- weights -->\n", "<!-- end of weights -->\n"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the weights", file)
	}
	if want := weightsTable(); old != want {
		if *updatePage {
			if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("%s is stale: go test ./scanner/verdict -run WeightsPage -update-weights", file)
	}
	for _, s := range signals {
		if s.Group >= GroupReputation && !strings.Contains(weightsTable(), "| "+s.Name+" | ") {
			t.Errorf("%s has no steps in the table", s.Name)
		}
	}
	if strings.Contains(weightsTable(), "|  |") {
		t.Error("a row has an empty cell")
	}
}
