// Command participants joins a LiveKit room as many people at once, each with a picture and one of them with a voice,
// from files that are encoded already: it loads the room, not the machine that loads it.
//
// The address, key and secret of the server come by LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

var received atomic.Int64

func main() {
	room := flag.String("room", "", "name of the room")
	who := flag.String("identities", "", "who joins, separated by commas")
	video := flag.String("video", "", "picture of each: H.264 Annex B, `file`.h264, at -fps")
	fps := flag.Int("fps", 15, "pictures a second of -video")
	audio := flag.String("audio", "", "voice of the first: Ogg Opus, `file`.ogg")
	flag.Parse()
	identities := strings.Split(*who, ",")
	if *room == "" || *video == "" || *who == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	var joined []*lksdk.Room
	var failed atomic.Int64
	var wait sync.WaitGroup
	var lock sync.Mutex
	for n, identity := range identities {
		wait.Add(1)
		go func() {
			defer wait.Done()
			one, err := join(*room, identity, *video, *fps, voice(n, *audio))
			if err != nil {
				failed.Add(1)
				log.Printf("%s: %v", identity, err)
				return
			}
			lock.Lock()
			joined = append(joined, one)
			lock.Unlock()
		}()
		time.Sleep(100 * time.Millisecond)
	}
	wait.Wait()
	fmt.Printf("joined %d\n", len(joined))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	// Its input ends with whoever started it, however that ends.
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop <- syscall.SIGTERM }()
	<-stop
	for _, one := range joined {
		one.Disconnect()
	}
	fmt.Printf("received %d\n", received.Load())
	if failed.Load() > 0 {
		os.Exit(1)
	}
}

func voice(n int, file string) string {
	if n == 0 {
		return file
	}
	return ""
}

func join(room, identity, video string, fps int, audio string) (*lksdk.Room, error) {
	key, secret := os.Getenv("LIVEKIT_API_KEY"), os.Getenv("LIVEKIT_API_SECRET")
	token, err := auth.NewAccessToken(key, secret).
		SetIdentity(identity).SetName(identity).SetValidFor(time.Hour).
		SetVideoGrant(&auth.VideoGrant{RoomJoin: true, Room: room}).ToJWT()
	if err != nil {
		return nil, err
	}
	callback := &lksdk.RoomCallback{ParticipantCallback: lksdk.ParticipantCallback{
		OnTrackSubscribed: func(track *webrtc.TrackRemote, _ *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
			go drain(track)
		},
	}}
	one, err := lksdk.ConnectToRoomWithToken(os.Getenv("LIVEKIT_URL"), token, callback)
	if err != nil {
		return nil, err
	}
	if err := publish(one, video, livekit.TrackSource_CAMERA, lksdk.ReaderTrackWithFrameDuration(time.Second/time.Duration(fps))); err != nil {
		one.Disconnect()
		return nil, err
	}
	if audio != "" {
		if err := publish(one, audio, livekit.TrackSource_MICROPHONE); err != nil {
			one.Disconnect()
			return nil, err
		}
	}
	return one, nil
}

func publish(one *lksdk.Room, file string, source livekit.TrackSource, options ...lksdk.ReaderSampleProviderOption) error {
	track, err := lksdk.NewLocalFileTrack(file, options...)
	if err != nil {
		return err
	}
	_, err = one.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Name: source.String(), Source: source, VideoWidth: 640, VideoHeight: 360})
	return err
}

func drain(track *webrtc.TrackRemote) {
	buffer := make([]byte, 1600)
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		received.Add(int64(n))
	}
}
