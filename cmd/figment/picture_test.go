package main

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var updatePicture = flag.Bool("update-picture", false, "take docs/figment.svg anew, from the program in a terminal of tmux")

// TestPicture: the picture of the README is one of the real program. It is taken
// anew with -update-picture; here it is only looked at for what it must show.
func TestPicture(t *testing.T) {
	const file = "../../docs/figment.svg"
	if *updatePicture {
		if _, err := exec.LookPath("tmux"); err != nil {
			t.Skip("tmux is not installed: no picture was taken")
		}
		p := terminal(t)
		p.tmux("resize-window", "-x", "104", "-y", "32")
		p.keys("clear; "+figment(t)+" demo", "Enter")
		p.sees("figment", "expresss", "PARTIAL", "q quit")
		p.keys("j", "j")
		p.sees("evidence")
		shot := p.tmux("capture-pane", "-e", "-p")
		if err := os.WriteFile(file, []byte(picture(shot, 104)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := tok.(xml.CharData); ok {
			shown.Write(c)
		}
	}
	for _, want := range []string{"figment", "expresss", "evidence", "q quit"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("the picture does not show %q", want)
		}
	}
}

// ansiColors are the sixteen colours, on a dark ground.
var ansiColors = [16]string{
	"#1e1e2e", "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#cba6f7", "#94e2d5", "#bac2de",
	"#7f849c", "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#cba6f7", "#94e2d5", "#cdd6f4",
}

func color256(n int) string {
	switch {
	case n < 16:
		return ansiColors[n]
	case n < 232:
		level := func(v int) int {
			if v == 0 {
				return 0
			}
			return 55 + 40*v
		}
		n -= 16
		return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
	}
	v := 8 + 10*(n-232)
	return fmt.Sprintf("#%02x%02x%02x", v, v, v)
}

// A pen is how the next characters look.
type pen struct {
	fg, bg              string
	bold, faint, invert bool
}

func (p *pen) set(codes string) {
	list := strings.Split(codes, ";")
	for i := 0; i < len(list); i++ {
		n, _ := strconv.Atoi(list[i])
		color := func() string {
			if i+2 < len(list) && list[i+1] == "5" {
				n, _ := strconv.Atoi(list[i+2])
				i += 2
				return color256(n)
			}
			if i+4 < len(list) && list[i+1] == "2" {
				r, _ := strconv.Atoi(list[i+2])
				g, _ := strconv.Atoi(list[i+3])
				b, _ := strconv.Atoi(list[i+4])
				i += 4
				return fmt.Sprintf("#%02x%02x%02x", r, g, b)
			}
			return ""
		}
		switch {
		case n == 0:
			*p = pen{}
		case n == 1:
			p.bold = true
		case n == 2:
			p.faint = true
		case n == 7:
			p.invert = true
		case n == 22:
			p.bold, p.faint = false, false
		case n == 27:
			p.invert = false
		case n >= 30 && n < 38:
			p.fg = ansiColors[n-30]
		case n == 38:
			p.fg = color()
		case n == 39:
			p.fg = ""
		case n >= 40 && n < 48:
			p.bg = ansiColors[n-40]
		case n == 48:
			p.bg = color()
		case n == 49:
			p.bg = ""
		case n >= 90 && n < 98:
			p.fg = ansiColors[n-90+8]
		}
	}
}

// picture draws a screen, with its escape sequences, as SVG.
func picture(screen string, columns int) string {
	const cw, ch, pad = 8.4, 18, 14
	ground, ink := "#1e1e2e", "#cdd6f4"
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	var b strings.Builder
	w, h := float64(columns)*cw+2*pad, len(lines)*ch+2*pad
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14">`+"\n", w, h, w, h)
	fmt.Fprintf(&b, `<title>figment demo, taken by go test ./cmd/figment -run Picture -update-picture</title><rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", ground)
	var p pen
	for row, line := range lines {
		column := 0
		flush := func(text string) {
			if text == "" {
				return
			}
			fg, bg := p.fg, p.bg
			if fg == "" {
				fg = ink
			}
			if p.invert {
				if bg == "" {
					bg = ground
				}
				fg, bg = bg, fg
			}
			n := utf8.RuneCountInString(text)
			x, y := pad+float64(column)*cw, pad+row*ch
			if bg != "" {
				fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, x, y, float64(n)*cw, ch, bg)
			}
			if strings.TrimSpace(text) != "" {
				style := ""
				if p.bold {
					style = ` font-weight="bold"`
				}
				if p.faint {
					style += ` opacity="0.6"`
				}
				fmt.Fprintf(&b, `<text x="%.1f" y="%d" fill="%s"%s xml:space="preserve" textLength="%.1f">`, x, y+13, fg, style, float64(n)*cw)
				_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
				b.WriteString("</text>")
			}
			column += n
		}
		for line != "" {
			at := strings.IndexByte(line, '\x1b')
			if at < 0 {
				flush(line)
				break
			}
			flush(line[:at])
			line = line[at:]
			end := strings.IndexFunc(line[1:], func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' })
			if end < 0 {
				break
			}
			if line[end+1] == 'm' && strings.HasPrefix(line, "\x1b[") {
				p.set(line[2 : end+1])
			}
			line = line[end+2:]
		}
		b.WriteByte('\n')
	}
	b.WriteString("</svg>\n")
	return b.String()
}
