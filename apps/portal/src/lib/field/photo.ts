const widestPixels = 1600;

/**
 * A picture small enough for a poor network: at most 1,600 pixels wide or high, WebP where this browser writes it, else JPEG.
 * What cannot be drawn goes as it is: the server reads more kinds than some browsers.
 */
export async function shrinkPhoto(file: Blob): Promise<Blob> {
	try {
		const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
		const scale = Math.min(1, widestPixels / Math.max(picture.width, picture.height));
		const canvas = document.createElement('canvas');
		canvas.width = Math.round(picture.width * scale);
		canvas.height = Math.round(picture.height * scale);
		canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
		picture.close();
		const written = async (type: string) =>
			new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.8));
		const webp = await written('image/webp');
		const small = webp?.type === 'image/webp' ? webp : await written('image/jpeg');
		return small && small.size < file.size ? small : file;
	} catch {
		return file;
	}
}
