//go:build race

package tui

// raceFactor is how much slower the race detector may make a frame.
const raceFactor = 12
