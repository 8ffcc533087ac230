package verdict

import (
	_ "embed"
	"strconv"
	"strings"
)

// A Bin is what labelled names with a score between Low and High turned out to
// be.
type Bin struct {
	Low, High int // inclusive
	N, Bad    int
}

// enough names in a bin to speak of a probability.
const enough = 20

//go:embed calibration.tsv
var calibration string

// Calibration is the table that turns scores into probabilities: an isotonic
// fit over the labelled names of the quality bench, lowest scores first.
func Calibration() []Bin { return parseBins(calibration) }

func parseBins(text string) []Bin {
	var out []Bin
	for line := range strings.Lines(text) {
		var v [4]int
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != len(v) || strings.HasPrefix(line, "#") {
			continue
		}
		ok := true
		for i, c := range cells {
			n, err := strconv.Atoi(c)
			v[i], ok = n, ok && err == nil
		}
		if ok {
			out = append(out, Bin{v[0], v[1], v[2], v[3]})
		}
	}
	return out
}

// Probability is the share of bad names among the labelled ones that score like
// this, and the bin that it is taken from. ok is false where too few names are
// labelled to say. It is a statement about those names: how many of the names
// in the world are bad is not known.
func Probability(score int) (p float64, b Bin, ok bool) {
	for _, b = range Calibration() {
		if score >= b.Low && score <= b.High {
			if b.N < enough {
				return 0, b, false
			}
			return float64(b.Bad+1) / float64(b.N+2), b, true // rule of succession: no bin is certain
		}
	}
	return 0, Bin{}, false
}
