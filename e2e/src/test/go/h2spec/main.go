// h2spec, a suite of tests of HTTP/2 servers: h2spec [-tls] PORT REPORT.
//
// The report is JUnit's XML. It exits with 1 when a test failed.
package main

import (
	"flag"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/summerwind/h2spec"
	"github.com/summerwind/h2spec/config"
)

func main() {
	tls := flag.Bool("tls", false, "connect over TLS, without verifying the certificate")
	flag.Parse()
	port, err := strconv.Atoi(flag.Arg(0))
	if err != nil || flag.NArg() != 2 {
		log.Fatal("usage: h2spec [-tls] PORT REPORT")
	}
	passed, err := h2spec.Run(&config.Config{
		Host:         "127.0.0.1",
		Port:         port,
		Path:         "/",
		Timeout:      5 * time.Second,
		MaxHeaderLen: 4000,
		JUnitReport:  flag.Arg(1),
		Strict:       true,
		TLS:          *tls,
		Insecure:     true,
	})
	if err != nil {
		log.Fatal(err)
	}
	if !passed {
		os.Exit(1)
	}
}
