export interface Trial {
	stream: MediaStream | null;
	/** A microphone is open and its level is told. */
	hears: boolean;
	cameras: MediaDeviceInfo[];
	microphones: MediaDeviceInfo[];
	/** Key of the sentence that says what is wrong, null when nothing is. */
	problem: string | null;
	close(): void;
}

interface Wanted {
	camera: boolean;
	microphone: boolean;
	cameraId: string;
	microphoneId: string;
	/** Told several times a second: 0 silence, 100 as loud as it gets. */
	level(value: number): void;
}

/** The sentence for an error of `getUserMedia` (W3C Media Capture and Streams, 10.6). */
export function deviceProblem(name: string): string {
	switch (name) {
		case 'NotAllowedError':
		case 'SecurityError':
			return 'room.problem.forbidden';
		case 'NotFoundError':
		case 'OverconstrainedError':
			return 'room.problem.missing';
		case 'NotReadableError':
		case 'AbortError':
			return 'room.problem.busy';
		default:
			return 'room.problem.unknown';
	}
}

/** Open camera and microphone to try them; when both cannot be had, each alone. Never throws. */
export async function openDevices(wanted: Wanted): Promise<Trial> {
	const trial: Trial = {
		stream: null,
		hears: false,
		cameras: [],
		microphones: [],
		problem: null,
		close: () => {},
	};
	const devices = navigator.mediaDevices as MediaDevices | undefined;
	// Browsers offer devices to https: and to this machine's own pages only.
	if (!devices) return { ...trial, problem: 'room.problem.insecure' };
	const video = wanted.camera && (wanted.cameraId ? { deviceId: wanted.cameraId } : true);
	const audio = wanted.microphone && (wanted.microphoneId ? { deviceId: wanted.microphoneId } : true);
	for (const constraints of [
		{ video, audio },
		{ video: false, audio },
		{ video, audio: false },
	]) {
		if (trial.stream || (!constraints.video && !constraints.audio)) continue;
		try {
			trial.stream = await devices.getUserMedia(constraints);
		} catch (error) {
			trial.problem ??= deviceProblem((error as Error).name);
		}
	}
	const all = await devices.enumerateDevices().catch(() => []);
	trial.cameras = all.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId);
	trial.microphones = all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId);
	const { stream } = trial;
	const quiet = stream?.getAudioTracks().length ? measure(stream, wanted.level) : null;
	return {
		...trial,
		hears: quiet !== null,
		close() {
			quiet?.();
			for (const track of stream?.getTracks() ?? []) track.stop();
		},
	};
}

function measure(stream: MediaStream, tell: (value: number) => void): () => void {
	const context = new AudioContext();
	const analyser = context.createAnalyser();
	analyser.fftSize = 1024;
	context.createMediaStreamSource(stream).connect(analyser);
	const samples = new Float32Array(analyser.fftSize);
	const timer = setInterval(() => {
		analyser.getFloatTimeDomainData(samples);
		let sum = 0;
		for (const sample of samples) sum += sample * sample;
		const decibels = 20 * Math.log10(Math.sqrt(sum / samples.length) || 1e-6);
		tell(Math.min(100, Math.max(0, ((decibels + 60) / 60) * 100)));
	}, 150);
	return () => {
		clearInterval(timer);
		void context.close();
	};
}
