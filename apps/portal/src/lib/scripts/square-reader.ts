import { decodeQR } from 'qr/decode.js';

interface Detector {
	detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
type DetectorClass = (new (options: {
	formats: string[];
}) => Detector) & { getSupportedFormats(): Promise<string[]> };

/** The browser's own reader of codes where it has one; otherwise a frame is drawn and read here. */
export async function squareReader(): Promise<(video: HTMLVideoElement) => Promise<string | null>> {
	const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
	const formats = await own?.getSupportedFormats().catch((): string[] => []);
	if (own && formats?.includes('qr_code')) {
		const detector = new own({ formats: ['qr_code'] });
		return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? null;
	}
	const canvas = document.createElement('canvas');
	const context = canvas.getContext('2d', { willReadFrequently: true });
	return async (video) => {
		const scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight));
		canvas.width = Math.round(video.videoWidth * scale);
		canvas.height = Math.round(video.videoHeight * scale);
		context?.drawImage(video, 0, 0, canvas.width, canvas.height);
		const frame = context?.getImageData(0, 0, canvas.width, canvas.height);
		if (!frame) return null;
		try {
			return decodeQR(frame, { timeLimit: 120 });
		} catch {
			return null;
		}
	};
}
