import numpy as np
import tensorflow as tf

from tests.cmd_keras.peers import digits, distiller


def test_a_trained_distiller_is_exported_as_the_ensemble(tmp_path):
    x, y = digits()
    model = distiller()
    model.fit(x, y, epochs=1, verbose=0)
    model.export(str(tmp_path / "export"), format="tf_saved_model", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "export"))
    served = loaded.serve(x[:5])
    np.testing.assert_allclose(served, model.predict(x[:5], verbose=0), atol=1e-6)
