// The other side of "measure": GoBGP's packet library on the tables that WireBench has made.
//
// It reads a folder with two streams of UPDATE messages: many.bin, whose messages have attributes of their own, and one.bin, whose
// messages share one set. What it encodes is what it has read from them, so both sides do the same work. Each line of standard
// input names a measurement (encode, one-set, decode); the answer is its nanoseconds and a number that both sides must agree on.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

type routes struct {
	attributes []bgp.PathAttributeInterface
	prefixes   []*bgp.IPAddrPrefix
}

func main() {
	many := read(filepath.Join(os.Args[1], "many.bin"))
	one := read(filepath.Join(os.Args[1], "one.bin"))
	manyRoutes := collect(many)
	oneRoutes := collect(one)

	// All messages have the same attributes: one object, as the other side has.
	for i := range oneRoutes {
		oneRoutes[i].attributes = oneRoutes[0].attributes
	}

	buffer := make([]byte, 0, 64<<20)
	fmt.Println("ready")
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		var sum int64
		start := time.Now()
		switch commands.Text() {
		case "encode":
			sum = encode(buffer, manyRoutes)
		case "one-set":
			sum = encode(buffer, oneRoutes)
		case "decode":
			sum = decode(many)
		default:
			log.Fatalf("no measurement is called %q", commands.Text())
		}
		fmt.Println(time.Since(start).Nanoseconds(), sum)
	}
}

// encode writes all messages one behind the other and gives their octets.
func encode(buffer []byte, all []routes) int64 {
	buffer = buffer[:0]
	for _, r := range all {
		message, err := bgp.NewBGPUpdateMessage(nil, r.attributes, r.prefixes).Serialize()
		if err != nil {
			log.Fatal(err)
		}
		buffer = append(buffer, message...)
	}
	return int64(len(buffer))
}

// decode reads all messages, looks at every prefix, and gives the sum of their lengths.
func decode(stream []byte) int64 {
	sum := int64(0)
	each(stream, func(update *bgp.BGPUpdate) {
		for _, prefix := range update.NLRI {
			sum += int64(prefix.Length)
		}
	})
	return sum
}

func collect(stream []byte) []routes {
	var all []routes
	each(stream, func(update *bgp.BGPUpdate) {
		all = append(all, routes{update.PathAttributes, update.NLRI})
	})
	return all
}

func each(stream []byte, take func(*bgp.BGPUpdate)) {
	for len(stream) > 0 {
		length := binary.BigEndian.Uint16(stream[16:])
		message, err := bgp.ParseBGPMessage(stream[:length])
		if err != nil {
			log.Fatal(err)
		}
		take(message.Body.(*bgp.BGPUpdate))
		stream = stream[length:]
	}
}

func read(file string) []byte {
	octets, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	return octets
}
