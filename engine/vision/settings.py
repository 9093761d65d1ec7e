"""Every threshold of this room in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisionSettings:
    """How faces are looked for, followed and counted. Sizes in pixels of the decoded frame, times in seconds.

    The figures were chosen on single 1280 x 720 frames with two composited faces; tests/vision/test_small_faces.py
    measures what they give.
    """

    fps: float = 2.0
    """Frames looked at per second."""
    threads: int = 1
    """Threads of the face detector."""

    min_face_px: float = 70.0
    """Least height, forehead to chin, of a face whose absence means something (domain/visual.yaml)."""
    least_face_px: float = 30.0
    """Faces smaller than this are not looked at."""
    least_input_px: float = 18.0
    """Least height of such a face in the detector's input; frames that shrink it further are searched in tiles."""
    tiles_every: float = 2.0
    """Time after which the whole frame is searched in tiles again, also when nobody is missing."""
    memory: float = 3.0
    """How long a face that is no longer found is searched for in its tile."""

    candidate_score: float = 0.3
    """Detector's score from which a place is worth verifying."""
    sure_score: float = 0.75
    """Detector's score from which a face counts even where no landmarks can be placed (a turned head)."""
    known_score: float = 0.5
    """The same, where a verified face was seen a moment ago."""
    landmarks_every: float = 1.0
    """A face that is found clearly and was verified a moment ago gets landmarks only this often."""
    landmark_score: float = 0.5
    """Least score of the landmark task's own detector and presence check."""
    crop_scale: float = 2.0
    """Side of the crop for landmarks, in heights of the face."""
    crop_px: int = 256
    """Side to which that crop is scaled."""
    box_to_face: float = 1.02
    """Forehead to chin over height of the detector's box: median of 60 faces with landmarks (0.93 to 1.16)."""
    landmark_ratio: float = 1.3
    """Ratio of the two heights beyond which landmarks do not lie on the face that was boxed."""
    same_face_overlap: float = 0.5
    """Two boxes that share more than this part of the smaller one are one face."""

    dark_luma: float = 16.0
    """A frame whose 90th percentile of luma lies below this is too dark to judge: there faces of 70 px get lost."""
    least_sharpness: float = 20.0
    """Variance of the Laplacian of the sharpest parts below which a frame is too blurred to judge, chosen likewise."""
    sharpness_face_px: float = 36.0
    """Sharpness is measured where a face of `min_face_px` is shrunk to about this height."""
    longest_hold: float = 1.5
    """A frame stands for the time until the next one, at most this long."""

    bridge: float = 3.0
    """A gap in a face's presence up to this long is no absence."""
    reach: float = 1.2
    """How far, in heights of the face, a face may move between two frames."""
    reach_per_second: float = 0.6
    """By how much `reach` grows per second in which the face was not found."""
    size_change: float = 1.7
    """Ratio of heights up to which two sightings may be one face."""
    likeness: float = 0.55
    """Least similarity of appearance (0..1) of two sightings of one face, unless they nearly coincide."""
    coincide: float = 0.4
    """Distance, in heights of the face, below which appearance is not asked."""

    same_place: float = 2.0
    """Distance, in heights of the face, up to which two tracks may be one person who came back to the place."""
    same_place_likeness: float = 0.7
    """Least similarity of appearance of such tracks."""
    elsewhere_likeness: float = 0.9
    """Least similarity of appearance of two tracks of one person in different places."""
    least_seconds: float = 1.0
    """Somebody seen for less than this is no person of the scene, unless the recording is hardly longer."""

    person_score: float = 0.7
    """Detector's score that somebody reaches at least once: patterns that pass for a face stay below it."""

    mouth_samples: int = 12
    """Least number of mouth openings during a speaker's turns, and outside them, to compare."""
    mouth_rise: float = 0.02
    """Least rise of the mean mouth opening during the speaker's turns."""
    mouth_z: float = 2.5
    """Least normal score of that rise (rank test, thinned for neighbouring frames)."""
    mouth_lead: float = 1.0
    """By how much the best match of a face must beat its next speaker and the speaker's next face, in normal scores."""
